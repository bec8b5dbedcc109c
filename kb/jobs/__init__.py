"""What happens without anybody asking: schedules, mail, and the upkeep of what is computed."""
