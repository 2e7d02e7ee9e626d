"""Properties: generated requests, each checked by every rule."""
