"""An independent, deliberately naive implementation of the measurement rules; shares no code with perfkit."""
