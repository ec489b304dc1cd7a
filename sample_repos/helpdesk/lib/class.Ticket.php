<?php
/**
 * Ticket as an object. kt 2015, HD-360: all pages should use this instead of the
 * functions. So far only the API does.
 */
include_once dirname(__FILE__) . '/tickets.inc.php';

class Ticket {

    var $id;
    var $row = array();

    function __construct($id) {
        $this->id = (int) $id;
        $this->row = ticket_get($id);
    }

    function exists() {
        return (bool) $this->row;
    }

    function isLate() {
        return $this->row['due_fix'] != '' && $this->row['due_fix'] < stamp() && ticket_is_open($this->row['status']);
    }

    function toArray() {
        $out = array();
        foreach (array('number', 'subject', 'status', 'priority', 'customer', 'created', 'due_fix') as $key) {
            $out[$key] = $this->row[$key];
        }
        $out['late'] = $this->isLate();
        return $out;
    }

    function answer($author, $body) {
        return ticket_answer($this->id, $author, $body);
    }

    // function save() { ... }   // HD-360
}
