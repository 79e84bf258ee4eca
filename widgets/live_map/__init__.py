"""The live map: a folium page in a web view, with vehicles, routes, zones and callouts drawn on canvases over it."""
