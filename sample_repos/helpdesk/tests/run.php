<?php
/*
 * php tests/run.php [part of a name]     TAP on standard output, exit code 1 when a test fails
 */
include dirname(__FILE__) . '/bootstrap.php';

foreach (glob(dirname(__FILE__) . '/*_test.php') as $file) {
    include $file;
}
$names = array();
$functions = get_defined_functions();
foreach ($functions['user'] as $name) {
    if (substr($name, 0, 5) == 'test_' && (!isset($argv[1]) || strpos($name, $argv[1]) !== false)) {
        $names[] = $name;
    }
}
$failed = 0;
echo "TAP version 13\n1.." . count($names) . "\n";
foreach ($names as $i => $name) {
    fresh();
    $why = '';
    try {
        $name();
    } catch (Throwable $e) {
        $why = get_class($e) . ': ' . $e->getMessage() . ' (' . basename($e->getFile()) . ':' . $e->getLine() . ')';
    }
    echo ($why == '' ? 'ok ' : 'not ok ') . ($i + 1) . ' - ' . str_replace('_', ' ', substr($name, 5)) . "\n";
    if ($why != '') {
        $failed++;
        echo '# ' . str_replace("\n", "\n# ", $why) . "\n";
    }
}
exit($failed ? 1 : 0);
