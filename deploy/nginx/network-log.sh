#!/bin/sh
# Run by the image before nginx starts: its workers write the network log, a file a day, into this volume.
set -eu
chown nginx:nginx /var/log/network
chmod 750 /var/log/network
