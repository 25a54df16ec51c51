"""What a running process needs: the live index, rebuild jobs, feedback, example questions."""
