"""Where the bias comes from: six bias types, prompt templates, generation and audits."""
