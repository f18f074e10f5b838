"""How bias is inherited: mixing original and augmented data, mitigations, LoRA training."""
