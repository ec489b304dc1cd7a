<?php
/**
 * Sends mail over SMTP. From a magazine (2005), every project has one like it. Host is
 * empty on the test box: then mails go to $sent.
 */
class Mailer {

    var $host;
    var $port;
    var $from;
    var $error = '';
    var $sent = array();

    function __construct($cfg) {
        $this->host = $cfg['smtp_host'];
        $this->port = $cfg['smtp_port'];
        $this->from = $cfg['mail_from'];
    }

    function send($to, $subject, $body) {
        if (preg_match('/[\r\n]/', $to . $subject)) {
            $this->error = 'line break in header';
            return false;
        }
        $data = 'From: ' . $this->from . "\r\nTo: " . $to . "\r\nSubject: " . $subject
            . "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" . $body;
        if ($this->host == '') {
            $this->sent[] = array($to, $subject, $data);
            return true;
        }
        return $this->talk($to, $data);
    }

    function talk($to, $data) {
        $s = @fsockopen($this->host, $this->port, $no, $text, 30);
        if (!$s) {
            $this->error = $text;
            return false;
        }
        $ok = $this->expect($s, '220');
        foreach (array('HELO desk' => '250', 'MAIL FROM:<' . $this->from . '>' => '250', 'RCPT TO:<' . $to . '>' => '250',
            'DATA' => '354', $data . "\r\n." => '250', 'QUIT' => '221') as $line => $code) {
            if ($ok) {
                fputs($s, $line . "\r\n");
                $ok = $this->expect($s, $code);
            }
        }
        fclose($s);
        return $ok;
    }

    function expect($s, $code) {
        $line = fgets($s, 512);
        if (substr((string) $line, 0, 3) == $code) {
            return true;
        }
        $this->error = trim((string) $line);
        return false;
    }
}
