"""Small scripts that look after the project; no part of the package."""
