"""Pages for people: HTML without scripts, built from elements that escape their content. Imported only when a page is requested."""
