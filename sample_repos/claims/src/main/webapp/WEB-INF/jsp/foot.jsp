<hr>
<small>Harborline Claims 4.17 - help desk ext. 77</small>
</body>
</html>
