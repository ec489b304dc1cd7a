<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Adjusters</h1>
<table>
<c:forEach var="a" items="${adjusters}">
<tr><td>${a.adjusterId}</td><td><c:out value="${a.fullName}"/></td><td>${a.region}</td><td>${a.openClaims} of ${a.maxOpen}</td>
<td><form method="post" action="<%= ctx %>/adjusters"><input type="hidden" name="adjusterId" value="${a.adjusterId}">
<input name="maxOpen" size="4" value="${a.maxOpen}"><input name="limit" size="8" value="${a.authorityLimit}"><input type="submit" value="Set"></form></td></tr>
</c:forEach>
</table>
<form method="post" action="<%= ctx %>/adjusters">
All claims of <input name="from" size="4"> to <input name="to" size="4"> <button name="what" value="transfer">Transfer</button>
Claim <input name="claimId" size="6"> to <input name="adjusterId" size="4"> <button name="what" value="reassign">Reassign</button>
</form>
<%@ include file="foot.jsp" %>
