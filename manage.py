#!/usr/bin/env python
"""Django's command line for Gold Idea."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldidea.settings.base")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
