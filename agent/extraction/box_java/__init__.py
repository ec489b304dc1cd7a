"""Java sources that are compiled once, in the box, and run there: the recorder's agent, and the driver with its servlet container."""
