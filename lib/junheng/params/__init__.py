"""The records under params/: dictionaries, standards, counties, phrases and yearly settings, checked on loading."""
