"""Files of employees: what their rows say."""
