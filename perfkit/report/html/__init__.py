"""The report as one self-contained HTML page: templates, style and script are data beside the code."""
