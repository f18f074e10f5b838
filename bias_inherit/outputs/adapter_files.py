"""Names of files in an adapter's folder, beside those that peft writes; light, as whoever reads them is."""

LOG = "training_log.json"
RECORD = "training.json"
CARD = "README.md"
CURVE = "loss.png"
