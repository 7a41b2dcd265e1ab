"""CSV files of daily prices, in the forms in which people have them."""
