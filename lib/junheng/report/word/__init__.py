"""Content as a Word file, through a template that a clerk edits in Word."""
