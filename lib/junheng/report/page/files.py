"""The files of the city's page, and of the counties' own: for whoever only asks what there is, without what writes them."""

VENDOR = "vendor"
LIBRARY = "echarts.common.min.js"
LICENCES = ("echarts.LICENSE.txt", "echarts.NOTICE.txt")
SCRIPTS = ("dom.js", "workbook.js", "tables.js", "charts.js", "card.js", "county.js", "city.js", "page.js")
"""In the order in which they are loaded: each uses those before it."""
DATA = "data.js"
INDEX = "index.html"
PAGE_FILES = (INDEX, DATA, "page.css", *SCRIPTS, LIBRARY, *LICENCES)
