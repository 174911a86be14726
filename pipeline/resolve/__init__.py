"""Resolve: mentions to events, officials, figures, dates and terms that stand on their own."""
