"""What dev.py does once the packages are there: embedded servers and the processes on top."""
