<?php /* portal: login */ ?>
<p class="error"><?php echo $error; ?></p>
<form method="post" action="/portal.php">Mail <input name="email"> Password <input type="password" name="password"> <input type="submit" value="Login"></form>
