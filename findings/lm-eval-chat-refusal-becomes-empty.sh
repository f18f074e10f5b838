#!/usr/bin/env bash
# lm-eval 0.4.13, local-chat-completions: an answer whose `content` is null beside a `refusal` text is recorded as an empty string.
#
# Expected by most: a chat API's refusal is in the sample row, or the run says that there was none to record. In an OpenAI-like answer a
# refusal stands in a field of its own and `content` is null. Seen: exit code 0, and the sample row's response is "", so that a refusal
# cannot be told from a model that says nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "lm-eval[api]==0.4.13" datasets==5.2.0
cat > "$folder/server.py" <<'PYTHON'
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Chat(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": None, "refusal": "I will not answer that."}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = json.dumps({"object": "chat.completion", "model": "m", "choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Chat)
Path(sys.argv[1]).write_text(str(server.server_port))
server.serve_forever()
PYTHON
python3 "$folder/server.py" "$folder/port" & server=$!
until [ -s "$folder/port" ]; do sleep 0.1; done
mkdir "$folder/tasks"
echo '{"question": "Which of the two is the nurse?"}' > "$folder/rows.jsonl"
cat > "$folder/tasks/asked.yaml" <<YAML
task: asked
dataset_path: json
dataset_kwargs: {data_files: {test: $folder/rows.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: question
doc_to_target: ""
generation_kwargs: {until: [], max_gen_toks: 8}
metric_list: [{metric: exact_match}]
YAML
"$folder/venv/bin/lm_eval" run --model local-chat-completions --apply_chat_template --log_samples \
  --model_args "model=m,base_url=http://127.0.0.1:$(cat "$folder/port")/v1/chat/completions,max_retries=1" \
  --tasks asked --include_path "$folder/tasks" --output_path "$folder/out" > "$folder/log" 2>&1 || { tail -3 "$folder/log"; exit 1; }
python3 - "$folder" <<'PYTHON'
import json
import sys
from pathlib import Path

(written,) = Path(sys.argv[1], "out").rglob("samples_asked_*.jsonl")
(row,) = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
print("responses of the row:", row["resps"])
if row["resps"] != [[""]] or "will not" in json.dumps(row):
    sys.exit("changed")
PYTHON
