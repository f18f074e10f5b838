"""What a model or an adapter must prove before it is scored or trained."""
