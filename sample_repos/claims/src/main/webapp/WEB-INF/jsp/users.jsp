<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Users</h1>
<table>
<c:forEach var="u" items="${users}"><tr><td>${u.login}</td><td><c:out value="${u.fullName}"/></td><td>${u.roleCode}</td><td>${u.active}</td><td>${u.lastLogin}</td></tr></c:forEach>
</table>
<form method="post" action="<%= ctx %>/users">
Login <input name="login"> Name <input name="fullName"> Role <input name="role"> Region <input name="region">
Password <input type="password" name="password">
<button name="what" value="create">Create</button> <button name="what" value="password">Password</button> <button name="what" value="role">Role</button>
</form>
<%@ include file="foot.jsp" %>
