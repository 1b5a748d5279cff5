"""Every kind of message as data: schema, checking, payload and phrases (docs/spec/forms.md)."""
