"""The report as PDF/A-3, set by typst from a template; see docs/charts-and-pdf.md."""
