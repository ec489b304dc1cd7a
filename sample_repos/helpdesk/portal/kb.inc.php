<?php
/* portal: public articles */
foreach (kb_categories() as $c) {
    echo '<h2>' . h($c['name']) . '</h2>';
    foreach (kb_of_category($c['id']) as $a) {
        echo '<h3>' . h($a['title']) . '</h3>' . kb_markup($a['body']);
        echo '<a href="/kb/rate.php?id=' . $a['id'] . '&good=1">It helped</a>';
    }
}
