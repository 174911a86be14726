"""What cleaning is made of: characters, lines, pages, dates. The stage itself is `pipeline.clean`."""
