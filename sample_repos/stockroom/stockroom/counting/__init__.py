# counting: cycle counts
