<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Payments to approve</h1>
<table>
<c:forEach var="p" items="${payments}">
<tr><td><a href="<%= ctx %>/claim?id=${p.claimId}">claim</a></td><td>${p.amount}</td><td>${p.createdBy}</td>
<td><form method="post" action="<%= ctx %>/payment"><input type="hidden" name="id" value="${p.paymentId}">
<button name="what" value="approve">Approve</button><button name="what" value="reject">Reject</button></form></td></tr>
</c:forEach>
</table>
<%@ include file="foot.jsp" %>
