# notify: mail
