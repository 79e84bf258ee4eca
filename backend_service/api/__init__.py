"""The REST API, one file per audience; `application` puts it together."""
