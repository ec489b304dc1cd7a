<?php
// Makes a copy of this machine's PHPUnit 8 or 9 that runs tests written for PHPUnit 3 to 7: arguments are the folder to write and
// the phpunit command. What it restores: class names with underscores, setUp() without a return type, and methods that are gone.

[$self, $target, $command] = $argv;
$source = '';
foreach (['/usr/share/php/PHPUnit', dirname(realpath($command)) . '/../share/php/PHPUnit'] as $folder) {
    if (is_file("$folder/Framework/TestCase.php")) { $source = $folder; break; }
}
if ($source === '') { fwrite(STDERR, "this machine's PHPUnit is not where it can be copied from\n"); exit(1); }

function copy_folder(string $from, string $to): void
{
    @mkdir($to, 0777, true);
    foreach (scandir($from) as $name) {
        if ($name === '.' || $name === '..') continue;
        is_dir("$from/$name") ? copy_folder("$from/$name", "$to/$name") : copy("$from/$name", "$to/$name");
    }
}

copy_folder($source, "$target/PHPUnit");
if (is_dir(dirname($source) . '/data/PHPUnit')) { copy_folder(dirname($source) . '/data/PHPUnit', "$target/data/PHPUnit"); }
copy($command, "$target/phpunit");

$file = "$target/PHPUnit/Framework/TestCase.php";
$code = file_get_contents($file);
$code = preg_replace('/(function (?:setUpBeforeClass|tearDownAfterClass|setUp|tearDown|assertPreConditions|assertPostConditions)\(\)): void/', '$1', $code);
$code = preg_replace('/(function onNotSuccessfulTest\(Throwable \$t\)): void/', '$1', $code);
$code = preg_replace('/(protected function runTest\(\)(?:: mixed)?\s*\{)/', '$1' . "\n        \$this->figwrightExpectations();", $code, 1);
$methods = <<<'CODE'

    private function figwrightExpectations(): void
    {
        $found = \PHPUnit\Util\Test::parseTestMethodAnnotations(static::class, $this->getName(false))['method'] ?? [];
        if (isset($found['expectedException'][0])) {
            $this->setExpectedException(
                strtok(trim($found['expectedException'][0]), " \t"),
                $found['expectedExceptionMessage'][0] ?? null,
                $found['expectedExceptionCode'][0] ?? null
            );
        }
    }

    public function setExpectedException($class, $message = null, $code = null)
    {
        $class = ltrim($class, '\\');
        if (is_a($class, '\PHPUnit\Framework\Error\Warning', true)) { $this->expectWarning(); }
        elseif (is_a($class, '\PHPUnit\Framework\Error\Notice', true)) { $this->expectNotice(); }
        elseif (is_a($class, '\PHPUnit\Framework\Error\Deprecated', true)) { $this->expectDeprecation(); }
        elseif (is_a($class, '\PHPUnit\Framework\Error\Error', true)) { $this->expectError(); }
        else { $this->expectException($class); }
        if ($message !== null && $message !== '') $this->expectExceptionMessage($message);
        if ($code !== null) $this->expectExceptionCode(is_numeric($code) ? (int) $code : (defined($code) ? constant($code) : $code));
    }

    public function setExpectedExceptionRegExp($class, $pattern = null, $code = null)
    {
        $this->setExpectedException($class, null, $code);
        if ($pattern !== null) $this->expectExceptionMessageMatches($pattern);
    }

    public function expectExceptionMessageRegExp($pattern) { $this->expectExceptionMessageMatches($pattern); }

    public function getMock($class, $methods = [], array $arguments = [], $name = '', $constructor = true, $clone = true, $autoload = true)
    {
        $builder = $this->getMockBuilder($class)->setConstructorArgs($arguments);
        if ($methods === null) { $builder->onlyMethods([]); }
        elseif ($methods !== []) {
            $there = array_values(array_filter($methods, fn ($one) => method_exists($class, $one)));
            $more = array_values(array_diff($methods, $there));
            if ($there !== []) $builder->onlyMethods($there);
            if ($more !== []) $builder->addMethods($more);
        }
        if ($name !== '') $builder->setMockClassName($name);
        if (!$constructor) $builder->disableOriginalConstructor();
        if (!$clone) $builder->disableOriginalClone();
        return $builder->getMock();
    }

    public static function assertInternalType($type, $value, $message = '')
    {
        $types = ['boolean' => 'bool', 'integer' => 'int', 'double' => 'float', 'real' => 'float'];
        static::assertThat($value, new \PHPUnit\Framework\Constraint\IsType($types[$type] ?? $type), $message);
    }

    public static function assertNotInternalType($type, $value, $message = '')
    {
        static::assertThat($value, new \PHPUnit\Framework\Constraint\LogicalNot(new \PHPUnit\Framework\Constraint\IsType($type)), $message);
    }

    public static function assertTag() { self::markTestSkipped('assertTag is gone'); }
CODE;
$code = substr($code, 0, strrpos($code, '}')) . $methods . "\n}\n";
file_put_contents($file, $code);

// Strings in strings, and lists without order or exactness, were assertContains and assertEquals once.
$file = "$target/PHPUnit/Framework/Assert.php";
$code = file_get_contents($file);
$code = preg_replace('/public static function assertContains\(\$needle, iterable \$haystack, string \$message = \'\'\): void\s*\{/',
    'public static function assertContains($needle, $haystack, $message = \'\', $ignoreCase = false): void
    {
        if (is_string($haystack)) { $ignoreCase ? static::assertStringContainsStringIgnoringCase($needle, $haystack, (string) $message) : static::assertStringContainsString((string) $needle, $haystack, (string) $message); return; }
', $code);
$code = preg_replace('/public static function assertNotContains\(\$needle, iterable \$haystack, string \$message = \'\'\): void\s*\{/',
    'public static function assertNotContains($needle, $haystack, $message = \'\', $ignoreCase = false): void
    {
        if (is_string($haystack)) { static::assertStringNotContainsString((string) $needle, $haystack, (string) $message); return; }
', $code);
file_put_contents($file, $code);

file_put_contents("$target/older.php", <<<'CODE'
<?php
spl_autoload_register(static function ($class) {
    if (strpos($class, 'PHPUnit_') !== 0) return;
    $special = [
        'PHPUnit_Framework_Error' => 'PHPUnit\Framework\Error\Error',
        'PHPUnit_Framework_Constraint' => 'PHPUnit\Framework\Constraint\Constraint',
        'PHPUnit_Framework_Constraint_Not' => 'PHPUnit\Framework\Constraint\LogicalNot',
        'PHPUnit_Framework_Constraint_And' => 'PHPUnit\Framework\Constraint\LogicalAnd',
        'PHPUnit_Framework_Constraint_Or' => 'PHPUnit\Framework\Constraint\LogicalOr',
    ];
    $name = $special[$class] ?? str_replace('_', '\\', $class);
    if (class_exists($name) || interface_exists($name)) class_alias($name, $class);
});
@include __DIR__ . '/system.php';
CODE);
echo "PHPUnit for older tests: $target\n";
