"""How a search is told to continuous integration: what its pages, dashboards and annotations read."""
