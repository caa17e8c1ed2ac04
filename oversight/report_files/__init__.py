"""Files of a report, made again from what can be seen in them: no place, device, author or name comes along."""
