"""Charts of records: interactive by Bokeh, for papers by matplotlib."""
