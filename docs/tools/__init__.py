"""Makes the documentation: pictures, shown output, and the pages of the site that lie at the root of the project."""
