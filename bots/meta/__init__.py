"""What WhatsApp and Messenger share: Meta's app, its proofs, the Graph API, webhooks of many events."""
