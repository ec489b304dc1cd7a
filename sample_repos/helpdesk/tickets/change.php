<?php
/* everything small: priority, team, watch, machine */
include_once dirname(__FILE__) . '/../inc/session.inc.php';
include_once dirname(__FILE__) . '/../lib/tickets.inc.php';
require_login();
$id = (int) $_REQUEST['id'];
$error = '';
switch ($_REQUEST['do']) {
    case 'priority':
        $error = ticket_priority($id, (int) $_REQUEST['priority']);
        break;
    case 'team':
        $error = ticket_move($id, (int) $_REQUEST['team_id']);
        break;
    case 'watch':
        ticket_watch($id, me(), !empty($_REQUEST['on']));
        break;
    case 'asset':
        $asset = asset_by_tag($_REQUEST['tag']);
        $error = $asset ? asset_link($id, $asset['id']) : 'Unknown tag';
        break;
    case 'survey':
        $error = survey_send($id) == '' ? 'No survey' : '';
        break;
    default:
        $error = 'What?';
}
flash($error);
go('/tickets/view.php?id=' . $id);
