<hr><small><?php echo h($CFG['company']); ?>, service desk 2.4</small>
</body>
</html>
