"""What a report says, as data (schema `perfkit.report/1`); HTML, Markdown and PDF only lay it out."""
