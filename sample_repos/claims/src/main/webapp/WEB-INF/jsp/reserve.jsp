<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Reserves</h1>
<table>
<c:forEach var="r" items="${reserves}">
<tr><td>${r.reserveType}</td><td>${r.amount}</td><td>${r.paidAmount}</td><td>${r.updatedBy}</td></tr>
</c:forEach>
</table>
<p>open ${open}</p>
<form method="post" action="<%= ctx %>/reserve">
<input type="hidden" name="claimId" value="${claimId}">
<select name="type"><option>INDM</option><option>EXPN</option><option>LEGL</option></select>
<input name="amount"> <input type="submit" value="Set">
</form>
<a href="<%= ctx %>/claim?id=${claimId}">Claim</a>
<%@ include file="foot.jsp" %>
