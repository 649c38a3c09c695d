"""The HTTP face: one controller file per resource, and the only place in the domain that knows Litestar."""
