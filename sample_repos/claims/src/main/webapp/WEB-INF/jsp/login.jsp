<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<h1>Harborline Claims</h1>
<form method="post" action="<%= ctx %>/login">
<table>
<tr><td>Login</td><td><input name="login"></td></tr>
<tr><td>Password</td><td><input type="password" name="password"></td></tr>
</table>
<input type="submit" value="Login">
</form>
<%@ include file="foot.jsp" %>
