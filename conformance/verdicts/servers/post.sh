#!/bin/sh
# A CGI program: reads the body and answers its length.
printf 'Content-Type: text/plain\r\n\r\n'
wc -c
