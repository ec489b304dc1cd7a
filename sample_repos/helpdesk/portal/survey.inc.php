<?php
/* portal: survey, without a login */
if (isset($_POST['score'])) {
    $answer = survey_answer($_GET['token'], (int) $_POST['score'], $_POST['remark']);
    echo '<p>' . ($answer == '' ? 'Thank you' : h($answer)) . '</p>';
}
?>
<form method="post" action="/portal.php?page=survey&token=<?php echo h($_GET['token']); ?>">
<select name="score"><?php echo options(array(5 => 'Very good', 4 => 'Good', 3 => 'So so', 2 => 'Bad', 1 => 'Very bad'), 5); ?></select>
<input name="remark"><input type="submit" value="Send"></form>
