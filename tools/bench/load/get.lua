-- Every request gets the path of the address.
dofile(os.getenv("REPORT"))
