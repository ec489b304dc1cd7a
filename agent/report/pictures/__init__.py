"""The report's pictures: each module turns a part of the plan into one inline SVG, laid out here and not in the browser."""
